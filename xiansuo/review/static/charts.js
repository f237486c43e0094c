// Draws the numbers of the table beside each chart. Without it the tables say the same.
"use strict";
(() => {
  const COLOURS = ["#2c6db0", "#b98a00", "#7350b5", "#2e8b4d", "#c4602a", "#b5406b"];
  const FONT = getComputedStyle(document.documentElement).getPropertyValue("--sans");
  const tooltip = { renderMode: "richText", confine: true };
  const text = { fontFamily: FONT, fontSize: 13, color: "#1c2430" };

  function bars({ names, counts, unit }) {
    const most = Math.max(...names.map((name) => name.length));
    return {
      textStyle: text,
      tooltip: { ...tooltip, trigger: "item", formatter: (one) => `${one.name} ${one.value} ${unit}` },
      grid: { left: 4, right: 30, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: "value", minInterval: 1, axisLabel: { show: false }, splitLine: { lineStyle: { color: "#ecebe6" } } },
      yAxis: { type: "category", inverse: true, data: names, axisTick: { show: false }, axisLabel: { width: Math.min(most * 13, 72), overflow: "break", color: "#1c2430" } },
      series: [{ type: "bar", data: counts, barMaxWidth: 20, itemStyle: { color: COLOURS[0] }, label: { show: true, position: "right" } }],
    };
  }

  function lines({ names, series, unit }) {
    return {
      textStyle: text, color: COLOURS,
      tooltip: { ...tooltip, trigger: "item", formatter: (one) => `${one.name} ${one.seriesName} ${one.value} ${unit}` },
      legend: { bottom: 0, textStyle: text },
      grid: { left: 8, right: 16, top: 12, bottom: 56, containLabel: true },
      xAxis: { type: "category", data: names }, yAxis: { type: "value", minInterval: 1 },
      // A withheld number leaves a gap.
      series: series.map((one) => ({ type: "line", name: one.name, data: one.counts, symbolSize: 8, connectNulls: false })),
    };
  }

  function draw(place) {
    const given = JSON.parse(place.dataset.chart);
    if (given.kind === "bar") place.classList.add(`rows-${Math.min(given.names.length, 12)}`);
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({ animation: false, ...(given.kind === "bar" ? bars(given) : lines(given)) });
    addEventListener("resize", () => chart.resize());
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
