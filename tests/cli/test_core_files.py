import subprocess
import sys

_ENDS_WITH_ITS_LIMITS = """
import atexit, resource, sys
from xiansuo.cli import main
atexit.register(lambda: print(resource.getrlimit(resource.RLIMIT_CORE)))
sys.argv = ["xiansuo", "--help"]
main()
"""


def test_a_crash_would_leave_no_image_of_the_memory() -> None:
    done = subprocess.run([sys.executable, "-c", _ENDS_WITH_ITS_LIMITS], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "(0, 0)"
