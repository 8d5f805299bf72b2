/// What `lmon-bench interceptor` has Python run.
enum PythonInterceptorProgram {
    /// `client.py KIND PORT`: loads requests, then what is measured (timed), and makes calls, one after the other, as it is
    /// told by lines `PATH COUNT`. For each line a line of JSON: CPU in µs for each call, and what each took in µs.
    /// First of all, what the load took in ms. `invocation COUNT` is as many calls and the delivery of what tells of them:
    /// a single time, in µs for each call.
    static let client = #"""
        from json import dumps
        from os import environ
        from sys import argv, path, stdin
        from time import perf_counter as now, process_time
        from requests import Session
        kind, port = argv[1:3]
        deliver = lambda: None
        started = now()
        if kind == "lmon":
            path.insert(0, environ["LAYOUT"])
            from _lmon import interceptor, invocation
            interceptor.install()
            # As within a handler.
            invocation.set("8d6d4dd2-9b5c-4a39-8e2f-5f2b3d1c7a10")
            from _lmon.invocations import flush as deliver
        if kind.startswith("opentelemetry"):
            from opentelemetry import trace
            from opentelemetry.instrumentation.requests import RequestsInstrumentor
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            if kind.endswith("otlp"):
                from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
                exporter = OTLPSpanExporter(endpoint="http://127.0.0.1:%s/v1/traces" % port)
            else:
                from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
                exporter = InMemorySpanExporter()
            provider = TracerProvider()
            provider.add_span_processor(BatchSpanProcessor(exporter))
            deliver = provider.force_flush
            trace.set_tracer_provider(provider)
            RequestsInstrumentor().instrument()
        print((now() - started) * 1000, flush=True)
        session = Session()
        session.trust_env = False
        body = dumps({"items": [{"id": n, "name": "item %d" % n, "price": n * 1.5} for n in range(24)]})
        headers = {"Content-Type": "application/json"}
        for line in stdin:
            name, count = line.split()
            url, times, used = "http://127.0.0.1:%s/%s" % (port, name), [], process_time()
            begun = now()
            for _ in range(int(count)):
                started = now()
                session.post(url, data=body, headers=headers).content
                times.append((now() - started) * 1e6)
            if name == "invocation":
                deliver()
                times = [(now() - begun) * 1e6 / len(times)]
            print(dumps([(process_time() - used) * 1e6 / len(times)] + times), flush=True)
        """#

    /// Ends with 0 if there is what the client needs.
    static let check = """
        import requests, opentelemetry.sdk.trace, opentelemetry.instrumentation.requests
        import opentelemetry.exporter.otlp.proto.http.trace_exporter
        """
}
