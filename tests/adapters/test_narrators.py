from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber

from handlers.adapters.bedrock_narrator import BedrockNarrator
from handlers.adapters.plain_narrator import PlainNarrator
from handlers.bootstrap import build_desk
from handlers.domain.errors import Unavailable
from handlers.domain.summaries import report
from handlers.domain.summaries.told import Told, told
from handlers.settings import Settings
from tests.summaries.samples import weekly

MODEL = "global.anthropic.claude-haiku-4-5-20251001-v1:0"


def facts() -> Told:
    summary = weekly()
    return told(summary, report(summary), "Willow Salon")


def answer(*texts: str, stop: str = "end_turn") -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": t} for t in texts]}},
        "stopReason": stop,
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "modelId": MODEL,
        "system": [{"text": ANY}],
        "messages": ANY,
        "inferenceConfig": {"maxTokens": 400},
        **changes,
    }


@pytest.fixture
def bedrock() -> Any:
    return boto3.client("bedrock-runtime", region_name="us-east-1")


def test_without_a_model_the_plain_words_are_told() -> None:
    assert PlainNarrator().narrate(facts()) == facts().plain


def test_a_model_is_given_the_facts_and_its_words_come_back(bedrock: Any) -> None:
    sent: list[Any] = []
    bedrock.meta.events.register("provide-client-params.*.Converse", lambda params, **_: sent.append(params))
    with Stubber(bedrock) as stub:
        stub.add_response("converse", answer("41 visits.", "5 more."), asked())
        assert BedrockNarrator(MODEL, client=bedrock).narrate(facts()) == "41 visits. 5 more."
    said = sent[0]["messages"][0]["content"][0]["text"]
    assert said.startswith("Last week, 4 to 10 May at Willow Salon\nVisits: 41\n")
    assert "By service, Full colour: 12" in said


def test_a_model_never_sees_a_customer_s_name(bedrock: Any) -> None:
    summary = weekly()
    assert {q.name for q in summary.quiet} == {"Ana Lim", "Ben Ong"}
    sent: list[Any] = []
    bedrock.meta.events.register("provide-client-params.*.Converse", lambda params, **_: sent.append(params))
    with Stubber(bedrock) as stub:
        stub.add_response("converse", answer("Fine."), asked())
        BedrockNarrator(MODEL, client=bedrock).narrate(facts())
    assert not any(name in repr(sent) for name in ("Ana", "Lim", "Ben", "Ong"))


def test_parameters_are_configuration_and_none_is_sent_that_newer_models_refuse(bedrock: Any) -> None:
    with Stubber(bedrock) as stub:
        stub.add_response("converse", answer("x"), asked(inferenceConfig={"maxTokens": 90, "topP": 0.5}))
        BedrockNarrator(MODEL, {"maxTokens": 90, "topP": 0.5}, client=bedrock).narrate(facts())
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("stop", ["max_tokens", "guardrail_intervened", "content_filtered"])
def test_words_that_were_cut_off_are_no_words(bedrock: Any, stop: str) -> None:
    with Stubber(bedrock) as stub:
        stub.add_response("converse", answer("41 visits and", stop=stop))
        with pytest.raises(Unavailable, match=stop):
            BedrockNarrator(MODEL, client=bedrock).narrate(facts())


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "ValidationException"])
def test_a_model_that_refuses_is_unavailable(bedrock: Any, code: str) -> None:
    with Stubber(bedrock) as stub:
        stub.add_client_error("converse", code, "no")
        with pytest.raises(Unavailable, match=code):
            BedrockNarrator(MODEL, client=bedrock).narrate(facts())


class Unreachable:
    def converse(self, **_asked: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://bedrock")


def test_a_model_out_of_reach_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        BedrockNarrator(MODEL, client=Unreachable()).narrate(facts())


def test_the_environment_chooses_the_narrator() -> None:
    def narrator(**env: str) -> Any:
        return build_desk(Settings.from_env({f"FRONTDESK_{k}": v for k, v in env.items()})).narrator

    assert isinstance(narrator(), PlainNarrator)
    made = narrator(NARRATOR=f"bedrock:{MODEL}", NARRATOR_PARAMETERS='{"maxTokens": 90}')
    assert isinstance(made, BedrockNarrator)
    assert (made._model, made._parameters) == (MODEL, {"maxTokens": 90})
    with pytest.raises(ValueError, match="FRONTDESK_NARRATOR"):
        narrator(NARRATOR="parrot")
