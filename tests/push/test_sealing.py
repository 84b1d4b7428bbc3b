"""What is sealed for a browser can be opened by it and by nobody else, as the RFCs say."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from push import sealing
from push.sealing import BadKeys
from tests.push.service_peer import Browser, b64, signed, unb64

# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf"
    "1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    private = ec.derive_private_key(int.from_bytes(unb64(OURS), "big"), ec.SECP256R1())

    made = sealing._sealed(PLAIN, unb64(THEIRS), unb64(AUTH), private, unb64(SALT))

    assert b64(made) == SEALED


def test_one_browser_opens_it_and_no_other_and_no_two_are_alike() -> None:
    one, other = Browser("x"), Browser("x")
    first, second = (sealing.sealed("建筑火灾".encode(), p256dh=one.keys["p256dh"], auth=one.keys["auth"]) for _twice in range(2))

    assert one.open(first).decode() == "建筑火灾" == one.open(second).decode() and first[:16] != second[:16]
    with pytest.raises(InvalidTag):
        other.open(first)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""), ("====", AUTH), (THEIRS[:-4], AUTH), (THEIRS, AUTH[:-2]), (b64(b"\x04" + b"\x01" * 64), AUTH),
        (b64(b"\x02" + unb64(THEIRS)[1:33]), AUTH),
        (b64(b"\x04" + b"\0" * 64), AUTH), ("!" * 87, AUTH), ("é" * 20, AUTH),
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(BadKeys):
        sealing.check(p256dh, auth)


def test_the_sender_signs_for_one_service_and_for_an_hour(settings, now) -> None:
    settings.PUSH_CONTACT, settings.PUSH_PRIVATE_KEY = "mailto:duty@city.example", OURS

    claims = signed(sealing.authorization("https://fcm.googleapis.com", now=now))

    assert claims["aud"] == "https://fcm.googleapis.com" and claims["sub"] == "mailto:duty@city.example"
    assert 0 < claims["exp"] - now.timestamp() <= 3600 and claims["k"] == sealing.public_key()


def test_more_than_a_push_service_takes_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="more than"):
        sealing.sealed(b"x" * 4000, p256dh=THEIRS, auth=AUTH)
