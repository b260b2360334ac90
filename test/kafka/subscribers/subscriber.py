"""Reads alerts from access.alerts: pip install 'confluent-kafka[avro,schemaregistry]==2.16.1'"""

import json
import os
import signal
from pathlib import Path

from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

PREFIX = os.environ.get("TOPIC_PREFIX", "")
TOPIC = f"{PREFIX}access.alerts"


def password(variable):
    return Path(os.environ[variable]).read_text().rstrip("\n")


consumer = Consumer(
    {
        "bootstrap.servers": os.environ["BROKERS"],
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": os.environ["CA_FILE"],
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "ostiary-subscriber",
        "sasl.password": password("PASSWORD_FILE"),
        # The group's name begins with ostiary-subscriber-: those are the ones it may read in.
        "group.id": f"{PREFIX}ostiary-subscriber-soc-py",
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        # A place is stored once its record is handled: after a crash the last ones come again, and are known by their revision.
        "enable.auto.offset.store": False,
    }
)
registry = SchemaRegistryClient(
    {
        "url": os.environ["REGISTRY_URL"],
        "basic.auth.user.info": f"{os.environ['REGISTRY_USER']}:{password('REGISTRY_PASSWORD_FILE')}",
    }
)
decode = AvroDeserializer(registry)
context = SerializationContext(TOPIC, MessageField.VALUE)

# The highest revision handled of each finding. Keep it where you keep your tickets, so that it outlives this process.
handled = {}


def handle(alert):
    """Does something with an alert: page now, the digest when there is time, suppressed ones for the record only."""
    told = {name: alert[name] for name in ("finding_uid", "revision", "disposition", "severity", "score")}
    print(json.dumps({**told, "why": next((reason["words"] for reason in alert["reasons"]), None)}), flush=True)


ended = False


def end(*_):
    global ended
    ended = True


signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
consumer.subscribe([TOPIC])
while not ended:
    message = consumer.poll(1.0)
    if message is None:
        continue
    if message.error():
        raise SystemExit(f"cannot read {TOPIC}: {message.error()}")
    alert = decode(message.value(), context)
    if alert["revision"] > handled.get(alert["finding_uid"], 0):
        handle(alert)
        handled[alert["finding_uid"]] = alert["revision"]
    consumer.store_offsets(message)
consumer.close()
