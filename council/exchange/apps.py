from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "council.exchange"
