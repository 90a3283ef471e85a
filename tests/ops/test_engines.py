import contextlib
import os
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import environ
import psycopg
import pytest
import redis
from django.core.exceptions import ImproperlyConfigured

from council.ops import engines, processes

start_postgresql = partial(engines.start_postgresql, fsync=False)


@pytest.fixture(scope="module")
def cluster():
    """A state folder whose PostgreSQL has run before, with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="클러스터 ") as folder:
        state = Path(folder) / "var"
        with engines.Claim(state):
            start_postgresql(state).stop()
        yield state


@pytest.fixture
def state():
    with tempfile.TemporaryDirectory(prefix="협의회 자료 ") as folder:
        yield Path(folder) / "var"


def connect(state):
    database = engines.embedded_database(state)
    return psycopg.connect(host=database["HOST"], port=database["PORT"], user=database["USER"], dbname=database["NAME"])


def wait_for_the_end(pid):
    """Wait until a process that is not ours to collect has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor):
        assert select.select([descriptor], [], [], 20)[0], f"process {pid} goes on"


def test_a_second_start_finds_what_the_first_one_kept_in_a_path_with_spaces_and_hangul(state):
    with engines.Claim(state):
        database, broker = engines.start_postgresql(state), engines.start_valkey(state)
        with connect(state) as connection:
            connection.execute("CREATE TABLE kept AS SELECT '의견' AS text")
        with redis.Redis.from_url(engines.embedded_redis_url(state)) as client:
            client.set("kept", "의견")
        broker.stop()
        database.stop()

        database, broker = engines.start_postgresql(state), engines.start_valkey(state)
        with connect(state) as connection:
            assert connection.execute("SELECT text FROM kept").fetchone() == ("의견",)
        with redis.Redis.from_url(engines.embedded_redis_url(state)) as client:
            assert client.get("kept").decode() == "의견"
        broker.stop()
        database.stop()
    assert state.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("whose", ["dead", "zombie", "foreign"])
def test_the_lock_a_killed_postgresql_left_does_not_stop_the_next_one(cluster, whose):
    other = subprocess.Popen(["sleep", "60"])
    if whose != "foreign":
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    if whose == "dead":
        other.wait()
    (cluster / "postgresql" / "postmaster.pid").write_text(f"{other.pid}\n{cluster}\n")
    (cluster / ".s.PGSQL.5432.lock").write_text(f"{other.pid}\n{cluster}\n")
    start_postgresql(cluster).stop()
    other.kill()
    other.wait()


def test_a_running_postgresql_is_not_taken_for_a_stale_one(cluster):
    server = start_postgresql(cluster)
    with pytest.raises(engines.FolderInUseError, match=str(server.pid)):
        start_postgresql(cluster)
    assert server.running
    server.stop()


def test_a_making_of_the_data_folder_that_was_cut_short_is_begun_again(state):
    unfinished = state / "postgresql.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    start_postgresql(state).stop()


def test_a_server_that_cannot_start_says_why_in_the_words_of_its_log(cluster):
    configuration = cluster / "postgresql" / "postgresql.conf"
    good = configuration.read_text()
    configuration.write_text(good + "\nno_such_parameter = 1\n")
    with pytest.raises(engines.EngineError, match="no_such_parameter"):
        start_postgresql(cluster)
    configuration.write_text(good)


def test_postgresql_runs_in_every_guise_this_machine_allows(cluster, monkeypatch):
    ran = 0
    for guise in processes.guises():
        monkeypatch.setattr(engines, "guises", lambda guise=guise: [guise])
        with contextlib.suppress(engines.NoGuiseError):
            server = start_postgresql(cluster)
            with connect(cluster) as connection:
                assert connection.execute("SELECT current_database()").fetchone() == ("council",)
            server.stop()
            ran += 1
    assert ran


def test_where_no_guise_works_the_message_says_what_to_do(cluster, monkeypatch):
    monkeypatch.setattr(engines, "guises", list)
    with pytest.raises(engines.NoGuiseError, match=r"DATABASE_URL|does not run"):
        start_postgresql(cluster)


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from council.ops import engines
state = Path(sys.argv[1])
claim = engines.Claim(state)
servers = [engines.start_postgresql(state, keep=[claim.fileno()]), engines.start_valkey(state, keep=[claim.fileno()])]
print(*[server.pid for server in servers], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_takes_its_servers_along_and_the_next_run_waits_for_them(cluster):
    run = subprocess.run([sys.executable, "-c", KILLED_RUN, cluster], stdout=subprocess.PIPE, text=True, check=False)
    assert run.returncode == -signal.SIGKILL
    with engines.Claim(cluster):
        start_postgresql(cluster).stop()
    for pid in run.stdout.split():
        wait_for_the_end(int(pid))


def test_a_folder_in_use_is_refused_with_the_number_of_the_process_that_uses_it(tmp_path):
    with engines.Claim(tmp_path), pytest.raises(engines.FolderInUseError, match=f"process {os.getpid()}"):
        engines.Claim(tmp_path)
    engines.Claim(tmp_path).release()


def test_a_run_that_is_ending_is_waited_for_but_not_forever(tmp_path):
    with engines.Claim(tmp_path) as claim:
        claim.is_ending()
        with pytest.raises(engines.FolderInUseError, match="do not end"):
            engines.Claim(tmp_path, patience=0.1)


def test_the_secret_key_is_private_and_the_same_for_all_who_ask_at_once(tmp_path):
    state = tmp_path / "var"
    with ProcessPoolExecutor(4) as pool:
        keys = set(pool.map(partial(engines.secret_key, allowed=True), [state] * 32))
    assert len(keys) == 1
    assert len(keys.pop()) >= 64
    assert stat.S_IMODE((state / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in state.iterdir()] == ["secret_key"]


def test_a_deployment_gets_no_secret_key_from_a_folder(tmp_path):
    assert engines.secret_key(tmp_path / "var", allowed=False) == ""
    assert not (tmp_path / "var").exists()


def test_a_long_path_gets_a_private_folder_for_its_sockets(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(cluster.parent))
    state = tmp_path / ("긴 이름 " * 12)
    folder = engines.socket_folder(state)
    assert folder.parent == cluster.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert engines.socket_folder(state) == folder
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(engines.valkey_socket(state)))

    folder.chmod(0o755)
    with pytest.raises(ImproperlyConfigured, match="not private"):
        engines.socket_folder(state)


@pytest.mark.parametrize("folder", ["/tmp/var", "/tmp/협의회 자료/100% #1?/var"])
def test_the_urls_of_the_embedded_servers_are_read_as_what_they_mean(folder):
    state = Path(folder)
    read = environ.Env.db_url_config(engines.embedded_database_url(state))
    assert {**engines.embedded_database(state), "PORT": "", "PASSWORD": ""} == read
    connection = redis.ConnectionPool.from_url(engines.embedded_redis_url(state, database=3)).connection_kwargs
    assert (connection["path"], connection["db"]) == (f"{folder}/valkey.sock", 3)


@pytest.mark.parametrize(
    ("url", "third", "broker"),
    [
        ("redis://h:1", "redis://h:1/3", "redis://h:1/3"),
        ("redis://u:p@h:1/0", "redis://u:p@h:1/3", "redis://u:p@h:1/3"),
        ("unix:///a/b.sock", "unix:///a/b.sock?db=3", "redis+socket:///a/b.sock?virtual_host=3"),
        ("unix:///a/b.sock?db=0", "unix:///a/b.sock?db=3", "redis+socket:///a/b.sock?virtual_host=3"),
    ],
)
def test_each_redis_database_has_a_url_that_redis_and_celery_understand(url, third, broker):
    assert engines.redis_database(url, 3) == third
    assert engines.broker_url(third) == broker
