import errno

import pytest

from pipelines.guard import UnexpectedError, guarded
from xiansuo.errors import OfficeError

CANARY = "祠堂门槛下的铁盒"


@pytest.mark.parametrize("error", [ValueError(CANARY), KeyError(CANARY), OSError(errno.ENOSPC, CANARY, CANARY)])
def test_an_unexpected_error_is_stripped_of_everything_it_says(error: Exception) -> None:
    @guarded
    def work() -> None:
        raise error

    with pytest.raises(UnexpectedError) as caught:
        work()
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_an_unexpected_error_tells_its_name_and_its_place() -> None:
    with pytest.raises(UnexpectedError, match=r"意外错误 ZeroDivisionError（test_guard.py:\d+）"):
        guarded(lambda: 1 // 0)()


def test_an_expected_error_keeps_its_sentence() -> None:
    @guarded
    def work() -> None:
        raise OfficeError("没有数据库。")

    with pytest.raises(OfficeError, match="没有数据库。"):
        work()


@pytest.mark.parametrize(("error", "passing"), [(OSError(errno.ENOSPC, ""), True), (ValueError(), False)])
def test_only_what_the_system_refuses_may_pass_by_itself(error: Exception, *, passing: bool) -> None:
    @guarded
    def work() -> None:
        raise error

    with pytest.raises(UnexpectedError) as caught:
        work()
    assert caught.value.passing is passing
