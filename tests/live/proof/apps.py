from django.apps import AppConfig


class ProofConfig(AppConfig):
    name = "tests.live.proof"
    label = "proof"
