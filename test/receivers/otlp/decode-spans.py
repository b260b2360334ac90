"""Decodes OTLP trace requests by OpenTelemetry's own schemas: one base64 body a line in, one span as JSON a line out."""

import base64
import json
import sys

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


def plain(attributes):
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


for line in sys.stdin:
    request = ExportTraceServiceRequest()
    request.ParseFromString(base64.b64decode(line.strip(), validate=True))
    if request.ListFields() and MessageToDict(request).keys() != {"resourceSpans"}:
        sys.exit("a request holds more than spans")
    for resource_spans in request.resource_spans:
        resource = plain(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                print(
                    json.dumps(
                        {
                            "resource": resource,
                            "name": span.name,
                            "kind": Span.SpanKind.Name(span.kind),
                            "traceId": span.trace_id.hex(),
                            "spanId": span.span_id.hex(),
                            "parentId": span.parent_span_id.hex(),
                            "startNs": str(span.start_time_unix_nano),
                            "endNs": str(span.end_time_unix_nano),
                            "status": span.status.code,
                            "attributes": plain(span.attributes),
                            "links": [{"traceId": link.trace_id.hex(), "spanId": link.span_id.hex()} for link in span.links],
                        }
                    )
                )
