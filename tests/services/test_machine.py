import pytest

from xiansuo.intake.landlock import can_restrict
from xiansuo.services import machine
from xiansuo.settings import Settings


@pytest.mark.parametrize(("can", "said"), [(True, "看不到磁盘上的其他文件"), (False, "没有启用 Landlock")])
def test_it_is_told_whether_who_reads_letters_sees_the_disk(
    monkeypatch: pytest.MonkeyPatch, *, can: bool, said: str
) -> None:
    monkeypatch.setattr(machine, "can_restrict", lambda: can)
    ((sentence, well),) = machine.examine_confinement(Settings())
    assert said in sentence
    assert well


def test_the_kernel_itself_is_asked() -> None:
    ((sentence, _),) = machine.examine_confinement(Settings())
    assert can_restrict() is ("看不到" in sentence)
