from __future__ import annotations

from email import message_from_bytes
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.stub import ANY, Stubber
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sesv2.models import sesv2_backends

from handlers.adapters import aws
from handlers.adapters.eventbridge import EventBridgeBus
from handlers.adapters.s3 import S3Files
from handlers.adapters.ses import SesMailer
from handlers.adapters.sms import AwsTexter
from handlers.domain.errors import DeliveryFailed, NotFound, Unavailable
from handlers.domain.events import Event, EventKind
from handlers.ports import Mail
from tests.fakes import FakeClock

NOW = 1_777_960_800
LETTER = Mail(
    to="Ana <ana@example.com>", subject="Hi", text="Hello", sender="Salon <hello@salon.test>", key="k1"
)


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")  # type: ignore[call-overload]


class Unreachable:
    """Every call fails before anything answers."""

    def __getattr__(self, _name: str) -> Any:
        def call(**_asked: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://aws")

        return call


# --- SES ---


@mock_aws
def test_a_mail_goes_to_ses_as_it_stands() -> None:
    ses = client("sesv2")
    ses.create_email_identity(EmailIdentity="hello@salon.test")
    id_ = SesMailer(FakeClock(NOW), client=ses).send(LETTER)
    (sent,) = sesv2_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].core_backend.sent_messages
    assert sent.id == id_
    assert sent.destinations[0] == "ana@example.com"  # moto adds the To header again
    assert message_from_bytes(sent.raw_data.encode())["From"] == "Salon <hello@salon.test>"


def test_a_forward_goes_to_the_one_it_is_for() -> None:
    ses = client("sesv2")
    with Stubber(ses) as stub:
        stub.add_response(
            "send_email",
            {"MessageId": "m1"},
            {
                "FromEmailAddress": "hello@salon.test",
                "Destination": {"ToAddresses": ["inbox@salon.test"]},
                "Content": {"Raw": {"Data": ANY}},
            },
        )
        mailer = SesMailer(FakeClock(NOW), sender="Salon <hello@salon.test>", client=ses)
        raw = b"To: requests@salon.test\r\nFrom: vip@example.com\r\n\r\nbody"
        assert (
            mailer.forward(raw, to="inbox@salon.test", sender="", reply_to="vip@example.com", headers={})
            == "m1"
        )


@pytest.mark.parametrize(
    ("code", "permanent"),
    [
        ("MessageRejected", True),
        ("BadRequestException", True),
        ("TooManyRequestsException", False),
        ("SendingPausedException", False),
    ],
)
def test_a_refused_mail_says_whether_to_try_again(code: str, permanent: bool) -> None:
    ses = client("sesv2")
    with Stubber(ses) as stub:
        for _ in range(4 if code == "TooManyRequestsException" else 1):
            stub.add_client_error("send_email", code, "no")
        with pytest.raises(DeliveryFailed) as caught:
            SesMailer(FakeClock(NOW), client=ses, sleep=lambda _: None).send(LETTER)
        stub.assert_no_pending_responses()
    assert caught.value.permanent is permanent
    assert bool(caught.value.retry_after) is (code == "TooManyRequestsException")


def test_too_many_at_once_wait_and_go_out() -> None:
    sms, waits = client("pinpoint-sms-voice-v2"), []
    with Stubber(sms) as stub:
        stub.add_client_error("send_text_message", "ThrottlingException", "slow down")
        stub.add_response("send_text_message", {"MessageId": "t1"})
        assert AwsTexter("+6560000000", client=sms, sleep=waits.append).send("+6581234567", "x") == "t1"
    assert len(waits) == 1
    assert 0 < waits[0] <= 0.5


class Silent:
    """The call leaves, and no answer comes."""

    calls = 0

    def __getattr__(self, _name: str) -> Any:
        def call(**_asked: Any) -> None:
            self.calls += 1
            raise ReadTimeoutError(endpoint_url="https://aws")

        return call


def test_a_send_without_an_answer_may_have_gone_out_and_is_not_repeated() -> None:
    for send in (
        lambda c: SesMailer(FakeClock(NOW), client=c).send(LETTER),
        lambda c: AwsTexter("+6560000000", client=c).send("+6581234567", "x"),
    ):
        silent = Silent()
        with pytest.raises(DeliveryFailed) as caught:
            send(silent)
        assert (caught.value.unsure, silent.calls) == (True, 1)
        with pytest.raises(DeliveryFailed) as caught:
            send(Unreachable())
        assert not caught.value.unsure
    assert aws.client("sesv2", tries=1).meta.config.retries["total_max_attempts"] == 1


def test_ses_out_of_reach_may_be_tried_again() -> None:
    with pytest.raises(DeliveryFailed) as caught:
        SesMailer(FakeClock(NOW), client=Unreachable()).send(LETTER)
    assert not caught.value.permanent


# --- Texts ---


def test_a_text_leaves_from_our_number() -> None:
    sms = client("pinpoint-sms-voice-v2")
    with Stubber(sms) as stub:
        stub.add_response(
            "send_text_message",
            {"MessageId": "t1"},
            {
                "DestinationPhoneNumber": "+6581234567",
                "OriginationIdentity": "+6560000000",
                "MessageBody": "Reply 1",
                "MessageType": "TRANSACTIONAL",
                "Context": {"key": "k1"},
            },
        )
        assert AwsTexter("+6560000000", client=sms).send("+6581234567", "Reply 1", key="k1") == "t1"


@pytest.mark.parametrize(
    ("code", "permanent"),
    [("ConflictException", True), ("ValidationException", True), ("ThrottlingException", False)],
)
def test_a_refused_text_says_whether_to_try_again(code: str, permanent: bool) -> None:
    sms = client("pinpoint-sms-voice-v2")
    with Stubber(sms) as stub:
        for _ in range(4 if code == "ThrottlingException" else 1):
            stub.add_client_error("send_text_message", code, "DESTINATION_PHONE_NUMBER_OPTED_OUT")
        with pytest.raises(DeliveryFailed, match="OPTED_OUT") as caught:
            AwsTexter("+6560000000", client=sms, sleep=lambda _: None).send("+6581234567", "x")
    assert caught.value.permanent is permanent
    with pytest.raises(DeliveryFailed):
        AwsTexter("+6560000000", client=Unreachable()).send("+6581234567", "x")


# --- The bus ---


def events(count: int) -> list[Event]:
    return [Event(id=f"e{n}", kind=EventKind.BOOKING_CONFIRMED, subject="b1", at=NOW) for n in range(count)]


@mock_aws
def test_events_reach_the_bus_in_their_envelope() -> None:
    bus, queue, name = client("events"), client("sqs"), "frontdesk"
    bus.create_event_bus(Name=name)
    url = queue.create_queue(QueueName="seen")["QueueUrl"]
    arn = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus.put_rule(Name="all", EventBusName=name, EventPattern='{"detail-type": ["booking.confirmed"]}')
    bus.put_targets(Rule="all", EventBusName=name, Targets=[{"Id": "q", "Arn": arn}])
    EventBridgeBus(name, client=bus).put(events(23))
    got = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert got["Attributes"]["ApproximateNumberOfMessages"] == "23"


class Flaky:
    """Refuses the events named, as often as said."""

    def __init__(self, refuse: dict[str, int]) -> None:
        self.refuse, self.calls, self.taken = refuse, [], []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        self.calls.append(len(Entries))
        results = []
        for entry in Entries:
            id_ = Event.model_validate_json(entry["Detail"]).id
            if self.refuse.get(id_, 0) > 0:
                self.refuse[id_] -= 1
                results.append({"ErrorCode": "ThrottlingException"})
            else:
                self.taken.append(id_)
                results.append({"EventId": "x"})
        return {"FailedEntryCount": 0, "Entries": results}


def test_only_refused_events_are_put_again() -> None:
    flaky, slept = Flaky({"e3": 2, "e12": 1}), []
    EventBridgeBus("frontdesk", client=flaky, sleep=slept.append).put(events(15))
    assert flaky.calls == [10, 1, 1, 5, 1]
    assert sorted(flaky.taken) == sorted(e.id for e in events(15))
    assert len(slept) == 3


def test_events_that_stay_refused_are_an_error() -> None:
    with pytest.raises(Unavailable, match="Throttling"):
        EventBridgeBus("frontdesk", client=Flaky({"e1": 99}), sleep=lambda _: None).put(events(2))
    with pytest.raises(Unavailable):
        EventBridgeBus("frontdesk", client=Unreachable()).put(events(1))


def test_no_events_need_no_call() -> None:
    EventBridgeBus("frontdesk", client=Unreachable()).put([])


# --- Files ---


@mock_aws
def test_a_file_is_kept_in_the_bucket() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="mails")
    files = S3Files("mails", client=s3)
    files.put("in/1.eml", b"raw \xff")
    assert files.get("in/1.eml") == b"raw \xff"
    with pytest.raises(NotFound):
        files.get("in/2.eml")
    with pytest.raises(Unavailable):
        S3Files("none", client=s3).put("x", b"")
    with pytest.raises(Unavailable):
        S3Files("none", client=s3).get("x")


def test_a_bucket_out_of_reach_is_unavailable() -> None:
    for call in (lambda f: f.get("x"), lambda f: f.put("x", b"")):
        with pytest.raises(Unavailable):
            call(S3Files("mails", client=Unreachable()))


# --- Clients ---


def test_a_client_is_made_once_with_short_patience() -> None:
    made = aws.client("s3")
    assert made is aws.client("s3")
    assert made.meta.config.connect_timeout == 3
    assert made.meta.config.retries["total_max_attempts"] == 3
