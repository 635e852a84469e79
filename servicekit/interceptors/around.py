"""One way to wrap a handler of any of gRPC's four kinds, so that each interceptor is a `with` block.

A handler that streams its answer has done nothing when it returns its iterator; the work, and its errors,
come while grpc pulls responses. So `around` spans the whole iteration, and both iterators can be wrapped.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

Request = TypeVar("Request")
Response = TypeVar("Response")

# Probes and reflection have rules of their own: a Watch lives as long as its client, and grpc marks the
# health servicer's functions with attributes that a wrapper would hide.
_INFRASTRUCTURE: Final = ("/grpc.health.", "/grpc.reflection.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """The method a call is for: its full name (`/package.Service/Method`) and which sides stream."""

    name: str
    requests_stream: bool
    responses_stream: bool

    @property
    def kind(self) -> str:
        """`unary_unary`, `unary_stream`, `stream_unary` or `stream_stream`."""
        sides = (self.requests_stream, self.responses_stream)
        return "_".join("stream" if streams else "unary" for streams in sides)


class CallInterceptor(grpc.ServerInterceptor):
    """A server interceptor that says what happens around a call; health and reflection pass untouched."""

    @abstractmethod
    def around(self, method: Method, context: grpc.ServicerContext) -> AbstractContextManager[None]:
        """Return what the whole call runs in, the iteration of its responses included.

        It sees the handler's exception, or GeneratorExit when grpc drops a response stream because its client
        has gone.
        """

    def requests(
        self, requests: Iterator[Any], method: Method, context: grpc.ServicerContext
    ) -> Iterator[Any]:
        """Wrap a stream of requests; called inside `around`, iterated by the handler in any thread."""
        del method, context
        return requests

    def responses(
        self, responses: Iterator[Any], method: Method, context: grpc.ServicerContext
    ) -> Iterator[Any]:
        """Wrap a stream of responses; called and iterated inside `around`."""
        del method, context
        return responses

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Request, Response] | None],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Request, Response] | None:
        """Wrap the handler, if there is one; grpc answers UNIMPLEMENTED where there is none."""
        handler = continuation(handler_call_details)
        if handler is None or handler_call_details.method.startswith(_INFRASTRUCTURE):
            return handler
        method = Method(
            name=handler_call_details.method,
            requests_stream=handler.request_streaming,
            responses_stream=handler.response_streaming,
        )
        behaviour = getattr(handler, method.kind)
        wrapped = (
            self._streaming(behaviour, method) if method.responses_stream else self._single(behaviour, method)
        )
        return _FACTORIES[method.kind](wrapped, handler.request_deserializer, handler.response_serializer)

    def _single(self, behaviour: _Behaviour, method: Method) -> _Behaviour:
        def answer(request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401 - any message
            with self.around(method, context):
                return behaviour(self._seen(request, method, context), context)

        return answer

    def _streaming(self, behaviour: _Behaviour, method: Method) -> _Behaviour:
        def answers(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: ANN401 - any message
            with self.around(method, context):
                responses = behaviour(self._seen(request, method, context), context)
                yield from self.responses(responses, method, context)

        return answers

    def _seen(self, request: Any, method: Method, context: grpc.ServicerContext) -> Any:  # noqa: ANN401
        return self.requests(request, method, context) if method.requests_stream else request


def chosen_code(context: grpc.ServicerContext) -> grpc.StatusCode | None:
    """Return the code that the handler, or an abort, has set so far."""
    code: grpc.StatusCode | None = context.code()  # type: ignore[attr-defined]  # the stubs have left it out
    return code


class _Behaviour(Protocol):
    """A handler's function: (request or requests, context) -> response or responses."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: ANN401 - any message


_FACTORIES: Final[dict[str, Callable[..., grpc.RpcMethodHandler[Any, Any]]]] = {
    "unary_unary": grpc.unary_unary_rpc_method_handler,
    "unary_stream": grpc.unary_stream_rpc_method_handler,
    "stream_unary": grpc.stream_unary_rpc_method_handler,
    "stream_stream": grpc.stream_stream_rpc_method_handler,
}
