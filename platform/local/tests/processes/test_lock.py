import pytest

from switchboard.local.home import Home
from switchboard.local.processes.lock import BusyError, exclusive


def test_two_commands_do_not_change_the_platform_at_once(tmp_path):
    home = Home(tmp_path)

    with exclusive(home), pytest.raises(BusyError, match="another command"), exclusive(home):
        pass


def test_the_platform_is_free_again_afterwards(tmp_path):
    with exclusive(Home(tmp_path)):
        pass

    with exclusive(Home(tmp_path)):
        pass
