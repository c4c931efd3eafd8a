"""What a server, or a login program, may cost or make us say: bodies are bounded, secrets are struck, who overstays is ended."""

import base64
import contextlib
import gzip
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from planner.errors import BadInput
from planner.read import read_live
from planner.read.live.api import Api, Refused
from planner.read.live.secrets import Secrets
from tests.read.api_server import Server, send, write_kubeconfig

ROOT = Path(__file__).resolve().parents[3]
NODES = "/api/v1/nodes"
MANY = 1 << 20
NUMBERS, HOLLOW = b'{"items": [1, 1]}', b'{"items": [%b{}]}' % (b"{}," * 20_000)
TOKEN = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXRva2Vu.c2lnbmF0dXJl"  # noqa: S105  nobody's


@pytest.fixture
def serve():
    """Start a server that answers with this when it is asked for nodes, and end it after the test."""
    with contextlib.ExitStack() as stack:

        def start(*answers):
            found = Server()
            stack.callback(found.close)
            found.answers[NODES] = list(answers)
            return found

        yield start


def refused(folder, url, user=None, timeout=20.0, most=MANY):
    """Read a cluster that cannot be read, and return the one message."""
    with pytest.raises(BadInput) as caught:
        read_live(None, write_kubeconfig(folder, url, user=user), None, timeout, most=most)
    (fault,) = caught.value.faults
    return str(fault)


def endless_list(request):
    """Send one more item for as long as somebody reads."""
    request.send_response(200)
    request.end_headers()
    request.close_connection = True
    with contextlib.suppress(OSError):
        request.wfile.write(b'{"kind": "NodeList", "items": [{}')
        while not request.server.closing.is_set():
            request.wfile.write(b', {"metadata": {"name": "n"}}' * 10_000)


def endless_chunks(request):
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.close_connection = True
    with contextlib.suppress(OSError):
        while not request.server.closing.is_set():
            request.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


def endless_pages(request):
    """Always name one more page, each of which is well within what a response may be."""
    request.server.answers[NODES] = [endless_pages]
    items = [{"metadata": {"name": "n", "annotations": {"a": "x" * 1000}}}] * 100
    send(request, 200, json.dumps({"kind": "NodeList", "metadata": {"continue": "more"}, "items": items}).encode())


def gzip_bomb(request):
    """Send what becomes a thousand times as much."""
    packer, blank = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS), b" " * MANY
    packed = b"".join(packer.compress(blank) for _ in range(512)) + packer.flush()
    assert len(packed) < 4 * MANY
    send(request, 200, packed, encoding="gzip")


def gzip_bomb_of_many_members(request):
    send(request, 200, gzip.compress(b" " * (MANY // 2)) * 64, encoding="gzip")


def announced(request):
    """Announce more than may be sent, and send nothing."""
    request.send_response(200)
    request.send_header("Content-Length", str(1 << 40))
    request.end_headers()
    request.server.closing.wait()


TOO_MUCH = [endless_list, endless_chunks, endless_pages, gzip_bomb, gzip_bomb_of_many_members, announced]


@pytest.mark.parametrize("answer", TOO_MUCH, ids=lambda answer: answer.__name__.replace("_", " "))
def test_a_list_that_is_larger_than_it_may_be_is_a_fault(serve, tmp_path, answer):
    url = serve(answer).url
    assert refused(tmp_path, url) == (
        f"cluster here: the API server {url} tells more than the 1Mi of --max-response, in all pages of a list (GET {NODES}); "
        "check whether the address is right, or raise --max-response for a cluster so large"
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says how much memory a process has")
@pytest.mark.parametrize("answer", [endless_list, gzip_bomb], ids=["an endless list", "a gzip bomb"])
def test_what_is_too_large_is_never_held(serve, tmp_path, answer):
    kubeconfig = write_kubeconfig(tmp_path, serve(answer).url)
    code = f"""
import resource, zlib
import kubernetes, urllib3
from planner.errors import BadInput
from planner.read import live, read_live
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (200 << 20), resource.RLIM_INFINITY))
try:
    read_live(None, {kubeconfig!r}, None, 60.0, most=32 << 20)
except BadInput as error:
    print(error)
"""
    one_heap = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=one_heap, capture_output=True, text=True, check=False)
    assert "tells more than the 32Mi of --max-response" in done.stdout, done.stderr


def test_a_list_may_be_as_large_as_that(serve, tmp_path):
    body = json.dumps({"kind": "NodeList", "items": []}).encode()
    server = serve((200, body.ljust(MANY)), (200, body.ljust(MANY + 1)))
    api = Api(None, write_kubeconfig(tmp_path, server.url), 20.0, MANY)
    assert api.items(NODES, "Node") == []
    with pytest.raises(BadInput, match="tells more than"):
        api.items(NODES, "Node")
    api.close()


def test_after_an_excuse_without_end_the_next_question_is_answered(serve, tmp_path):
    server = serve((403, b"x" * (MANY)), (200, b'{"kind": "NodeList", "items": [{}]}'))
    api = Api(None, write_kubeconfig(tmp_path, server.url), 20.0)
    with pytest.raises(Refused):
        api.get(NODES, {})
    assert len(api.items(NODES, "Node")) == 1
    api.close()


@pytest.mark.parametrize(
    ("body", "encoding", "message"),
    [
        pytest.param(b'{"items": [{"a": "\xff"}]}', None, "answers with bytes that are no UTF-8 (GET ", id="invalid UTF-8"),
        pytest.param(b'{"items": []}\xc3', None, "answers with bytes that are no UTF-8 (GET ", id="UTF-8 that ends early"),
        pytest.param(gzip.compress(b'{"items": []}')[:-9], "gzip", "breaks off in the middle", id="gzip that ends early"),
        pytest.param(b"plain", "gzip", "cannot be reached: DecodeError no gzip", id="gzip that is none"),
        pytest.param(b"plain", "br", "which was not asked for", id="an encoding that was not asked for"),
        pytest.param(NUMBERS, None, "Expected `object`, got `int` - at `$.items[0]`", id="numbers"),
        pytest.param(HOLLOW, None, "more items than 60,015 bytes can hold", id="items that nobody can have stored"),
    ],
)
def test_a_body_that_is_none_is_a_fault(serve, tmp_path, body, encoding, message):
    assert message in refused(tmp_path, serve(lambda request: send(request, 200, body, encoding=encoding)).url)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"".join(map(gzip.compress, (b'{"kind": "NodeList", ', b'"items": [{}]}'))), id="in two members"),
        pytest.param(gzip.compress(b'{"kind": "NodeList", "items": [{}]' + b" " * 300_000 + b"}"), id="in many pieces"),
    ],
)
def test_what_is_compressed_is_read_whole(serve, tmp_path, body):
    api = Api(None, write_kubeconfig(tmp_path, serve(lambda request: send(request, 200, body, encoding="gzip")).url), 20.0)
    assert len(api.items(NODES, "Node")) == 1
    api.close()


def said_by_server(status):
    """Let the server repeat the credential that it was shown, in what it says instead of an answer."""

    def answer(request):
        shown = request.headers["Authorization"]
        send(request, status, json.dumps({"kind": "Status", "message": "x" * 280 + f"who is {shown}?"}).encode())

    return answer


SECRETS = [
    pytest.param(lambda _: {"token": TOKEN}, TOKEN, id="a token"),
    pytest.param(
        lambda _: {"username": "ann", "password": "open sesame"},
        base64.b64encode(b"ann:open sesame").decode(),
        id="a password as HTTP carries it",
    ),
    pytest.param(lambda folder: {"tokenFile": str(folder / "token")}, TOKEN, id="a token in a file"),
    pytest.param(lambda _: {"exec": program("echo", credential({"token": TOKEN}))}, TOKEN, id="a token of a login program"),
]


def credential(status):
    return json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status})


def program(*command, **more):
    return {"apiVersion": "client.authentication.k8s.io/v1", "command": command[0], "args": list(command[1:]), **more}


@pytest.mark.parametrize("status", [401, 403, 404, 500])
@pytest.mark.parametrize(("user", "secret"), SECRETS)
def test_a_secret_that_a_server_repeats_is_struck(serve, tmp_path, user, secret, status):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    found = refused(tmp_path, serve(said_by_server(status)).url, user(tmp_path))
    assert secret[:8] not in found, "not even a part of it, where the message is cut"
    if status != 401:
        assert "***" in found


def test_a_secret_in_what_objects_say_is_struck(serve, tmp_path):
    node = {"metadata": {"name": "n"}, "status": {"allocatable": {"cpu": TOKEN}}}
    body = json.dumps({"kind": "NodeList", "items": [node]}).encode()
    with pytest.raises(BadInput, match=r"allocatable.cpu: '\*\*\*") as caught:
        read_live(None, write_kubeconfig(tmp_path, serve((200, body)).url, user={"token": TOKEN}), None)
    assert TOKEN[:8] not in str(caught.value)


@pytest.mark.parametrize(
    "user",
    [
        pytest.param({"exec": program("sh", "-c", f"echo bad {TOKEN} >&2; exit 1"), "password": TOKEN}, id="it knew already"),
        pytest.param(
            {"exec": program("sh", "-c", "echo bad $MY_TOKEN >&2; exit 1", env=[{"name": "MY_TOKEN", "value": TOKEN}])},
            id="it was handed",
        ),
    ],
)
def test_a_secret_that_a_login_program_says_is_struck(tmp_path, user):
    found = refused(tmp_path, "https://127.0.0.1:1", user)
    assert "process returned 1. bad ***" in found


def test_what_a_login_program_says_is_on_one_line_and_clean(tmp_path):
    user = {"exec": program("printf", r"\033[31mred\n::error::x\xff", "x", "y") | {"command": "sh"}}
    user["exec"]["args"] = ["-c", r"printf '\033[31mred\n::error::x\377' >&2; exit 4"]
    found = refused(tmp_path, "https://127.0.0.1:1", user)
    assert found.isprintable()
    assert "process returned 4. [31mred ::error::x" in found


@pytest.mark.parametrize(
    "config",
    [
        {"users": [{"name": "u", "user": {"token": TOKEN}}], "clusters": []},
        {"users": [{"name": "u", "user": {"token": TOKEN}}], "clusters": [{"name": "c", "cluster": {}}], "contexts": 5},
        {"users": [{"name": "u", "user": {"token": TOKEN, "client-certificate-data": 5}}]},
    ],
)
def test_a_broken_kubeconfig_is_not_quoted_with_its_secrets(tmp_path, config):
    whole = json.loads(Path(write_kubeconfig(tmp_path, "https://127.0.0.1:1")).read_text())
    (tmp_path / "config").write_text(json.dumps(whole | config))
    with pytest.raises(BadInput) as caught:
        read_live(None, str(tmp_path / "config"), None, 5.0)
    assert TOKEN[:8] not in str(caught.value)


def test_all_that_a_kubeconfig_keeps_secret_is_known():
    secrets = Secrets()
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----\n"
    secrets.learn(
        {
            "users": [
                {"name": "a", "user": {"token": "token-of-a", "password": "word of a"}},
                {"name": "b", "user": {"client-key-data": base64.b64encode(key.encode()).decode()}},
                {"name": "c", "user": {"auth-provider": {"name": "oidc", "config": {"refresh-token": "again/and/again"}}}},
                {"name": "d", "user": {"exec": {"env": [{"name": "AWS_SECRET_ACCESS_KEY", "value": "akia/secret"}]}}},
                {"name": "e", "user": None},
                "no user",
            ]
        }
    )
    told = [
        "token-of-a",
        "word of a",
        "word%20of%20a",
        base64.b64encode(key.encode()).decode(),
        key,
        "MIIEvQIBADANBgkqhkiG9w0",
        "again/and/again",
        "again%2Fand%2Fagain",
        "akia/secret",
    ]
    assert [secrets.strike(each) for each in told] == ["***"] * len(told)
    assert secrets.strike("no user of a word or a token") == "no user of a word or a token"


def test_a_login_program_that_overstays_is_ended_with_all_that_it_started(tmp_path):
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    # The grandchild holds the pipe open for as long as it lives: to read its end is to know that it is gone.
    user = {"exec": program("sh", "-c", f"sleep 600 > {fifo} & wait")}
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    assert "does not end within the 1 s of --timeout" in refused(tmp_path, "https://127.0.0.1:1", user, timeout=1.0)
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_a_login_program_that_says_too_much_is_ended(tmp_path):
    assert "it says more than 1 MiB" in refused(tmp_path, "https://127.0.0.1:1", {"exec": program("yes")})


def test_a_login_program_may_bring_a_certificate(tmp_path):
    answer = credential({"clientCertificateData": "-----BEGIN CERTIFICATE-----", "clientKeyData": "-----BEGIN KEY-----"})
    api = Api(None, write_kubeconfig(tmp_path, "https://127.0.0.1:1", user={"exec": program("echo", answer)}), 20.0)
    configuration = api._client.configuration
    assert Path(configuration.cert_file).read_text() == "-----BEGIN CERTIFICATE-----"
    assert Path(configuration.key_file).read_text() == "-----BEGIN KEY-----"
    api.close()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(credential({}), "neither a token nor a certificate with its key", id="nothing"),
        pytest.param(credential({"clientCertificateData": "x"}), "neither a token nor", id="a certificate without its key"),
        pytest.param("[]", "it answers no ExecCredential of client.authentication.k8s.io/v1", id="something else"),
        pytest.param('{"status": {"token": "x"}}', "it answers no ExecCredential", id="no version"),
    ],
)
def test_a_login_program_that_brings_no_credential(tmp_path, answer, message):
    assert message in refused(tmp_path, "https://127.0.0.1:1", {"exec": program("echo", answer)})


def test_a_login_program_is_told_about_the_cluster(tmp_path):
    asking = program("sh", "-c", 'echo "$KUBERNETES_EXEC_INFO" >&2; exit 1', provideClusterInfo=True)
    found = refused(tmp_path, "https://127.0.0.1:1", {"exec": asking})
    assert '"spec": {"interactive": false, "cluster": {"server": "https://127.0.0.1:1"}}' in found


def test_the_command_line_says_how_much_is_too_much(serve, tmp_path, ringfence):
    kubeconfig = write_kubeconfig(tmp_path, serve(endless_list).url)
    policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "p"}, "spec": {"levels": ["a"]}}
    (tmp_path / "trust.yaml").write_text(json.dumps(policy))
    given = ("--kubeconfig", kubeconfig, "--policy", "trust.yaml", "-o", "plan.yaml", "--max-response")
    done = ringfence("plan", *given, "64Ki", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "tells more than the 64Ki of --max-response" in done.stderr
    assert not (tmp_path / "plan.yaml").exists()


@pytest.mark.parametrize("size", ["", "0", "-1Mi", "1m", "many", "1Mib", "nan"])
def test_a_size_that_is_none_is_bad_usage(tmp_path, ringfence, size):
    done = ringfence("plan", "--kubeconfig", "none", "--policy", "p.yaml", f"--max-response={size}", cwd=tmp_path)
    assert done.returncode == 2
    assert "Invalid value for '--max-response'" in done.stderr
