from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiansuo.text.normalise import canonical
from xiansuo.text.variants import Variants
from xiansuo.text.wordlists import LexiconError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("村里的帐从不公开", "村里的账从不公开"),
        ("帐篷里放着账本", "帐篷里放着账本"),
        ("把补贴款截流了一半", "把补贴款截留了一半"),
        ("河道截流施工", "河道截流施工"),
        ("抵保名额给了亲戚", "低保名额给了亲戚"),
        ("末入账的租金", "未入账的租金"),
        ("向您反应村之书的事", "向您反映村支书的事"),
        ("机器反应很慢", "机器反应很慢"),
    ],
)
def test_misspellings_are_read_as_meant(written: str, meant: str) -> None:
    assert canonical(written) == meant


@given(st.text(alphabet="帐截流款抵保末入账补帖村之书 ，x", max_size=40))
def test_the_length_never_changes(text: str) -> None:
    assert len(canonical(text)) == len(text)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("危改: 危房改造", "字数不同"),
        ("帐: [账]", "正确写法"),
        ("帐: {正: 账, 语境: 款}", "列表"),
        ("- 帐", "名称"),
        ("帐: [", "YAML"),
    ],
)
def test_a_wrong_entry_is_refused_with_a_sentence(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "variants.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=complaint):
        Variants.load(tmp_path)


def test_an_empty_list_corrects_nothing(tmp_path: Path) -> None:
    (tmp_path / "variants.yaml").write_text("{}", encoding="utf-8")
    assert canonical("帐", variants=Variants.load(tmp_path)) == "帐"
