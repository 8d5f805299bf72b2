"""The second argument of a handler, with all members that Lambda documents."""

import json
import logging
import sys
import time

W3C = ("traceparent", "tracestate", "baggage")


class _Members:
    """Named members, None where nothing is known."""

    __slots__ = ()

    def __init__(self, values=None):
        for name in self.__slots__:
            setattr(self, name, (values or {}).get(name))

    def __repr__(self):
        return _shown(self, self.__slots__)


def _shown(value, names):
    return "%s([%s])" % (type(value).__name__, ",".join("%s=%s" % (name, getattr(value, name)) for name in names))


class CognitoIdentity(_Members):
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Members):
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(_Members):
    __slots__ = ("custom", "env", "client")


class Context:
    _shown = ("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb",
              "function_version", "invoked_function_arn", "client_context", "identity", "tenant_id")

    def __init__(self, request_id, headers, env):
        self.aws_request_id = request_id
        self.log_group_name = env.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = env.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = env.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = env.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        client = _parsed(headers, "lambda-runtime-client-context", "Client Context")
        self._w3c = _traces(client)
        self.client_context = None
        if client is not None:
            self.client_context = ClientContext(client)
            if self.client_context.client is not None:
                self.client_context.client = Client(self.client_context.client)
        identity = _parsed(headers, "lambda-runtime-cognito-identity", "Cognito Identity") or {}
        self.identity = CognitoIdentity({
            "cognito_identity_id": identity.get("cognitoIdentityId"),
            "cognito_identity_pool_id": identity.get("cognitoIdentityPoolId"),
        })
        self._deadline = int(headers.get("lambda-runtime-deadline-ms") or 0)

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def w3c(self):
        return dict(self._w3c)

    def log(self, msg):
        for handler in logging.getLogger().handlers:
            sink = getattr(handler, "log_sink", None)
            if sink is not None:
                sink.log(str(msg))
                return
        sys.stdout.write(str(msg))

    def __repr__(self):
        return _shown(self, self._shown).replace(type(self).__name__, "LambdaContext", 1)


def _parsed(headers, name, title):
    text = headers.get(name)
    if not text:
        return None
    try:
        return json.loads(text)
    except Exception as error:
        from .runtime import Fault

        raise Fault("LambdaContextUnmarshalError", "Unable to parse %s JSON: %s" % (title, error))


def _traces(client):
    """W3C's trace members come in the client context, and are no part of it."""
    found = client.pop("w3c", None) if isinstance(client, dict) else None
    if not isinstance(found, dict):
        return {}
    return {name: found[name] for name in W3C if isinstance(found.get(name), str)}


Context.__name__ = Context.__qualname__ = "LambdaContext"
