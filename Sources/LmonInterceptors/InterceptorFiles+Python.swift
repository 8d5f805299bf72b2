/// The files for Python processes: a folder for PYTHONPATH, and the Runtime API client in it.
extension InterceptorFiles {
    /// What is prepended to `PYTHONPATH`; its `sitecustomize` loads the interceptor.
    package static let pythonFolder = "python"

    /// What is to be made before the files, the outer ones first.
    package static let pythonFolders = ["python", "python/_lmon"]

    /// The Runtime API client: `python runtime.py`, in place of the one that Lambda has.
    package static let pythonRuntimeClient = "python/runtime.py"

    /// Every file by its path.
    package static let python: [(name: String, bytes: [UInt8])] = Self.pythonInterceptor + Self.pythonRuntime

    /// What a layer has.
    static let pythonInterceptor: [(name: String, bytes: [UInt8])] = [
        ("python/sitecustomize.py", PackageResources.sitecustomize_py),
        ("python/_lmon/__init__.py", PackageResources.__init___py),
        ("python/_lmon/aiohttp_client.py", PackageResources.aiohttp_client_py),
        ("python/_lmon/aws.json", PackageResources.aws_json),
        ("python/_lmon/aws.py", PackageResources.aws_py),
        ("python/_lmon/bodies.py", PackageResources.bodies_py),
        ("python/_lmon/calls.py", PackageResources.calls_py),
        ("python/_lmon/errors.py", PackageResources.errors_py),
        ("python/_lmon/hooks.py", PackageResources.hooks_py),
        ("python/_lmon/http_client.py", PackageResources.http_client_py),
        ("python/_lmon/http_request.py", PackageResources.http_request_py),
        ("python/_lmon/http_response.py", PackageResources.http_response_py),
        ("python/_lmon/httpcore_client.py", PackageResources.httpcore_client_py),
        ("python/_lmon/interceptor.py", PackageResources.interceptor_py),
        ("python/_lmon/invocations.py", PackageResources.invocations_py),
        ("python/_lmon/lines.py", PackageResources.lines_py),
        ("python/_lmon/official.py", PackageResources.official_py),
        ("python/_lmon/redaction.py", PackageResources.redaction_py),
        ("python/_lmon/redaction_text.py", PackageResources.redaction_text_py),
        ("python/_lmon/rules.json", PackageResources.rules_json),
        ("python/_lmon/settings.py", PackageResources.settings_py),
        ("python/_lmon/transport.py", PackageResources.transport_py),
    ]

    private static let pythonRuntime: [(name: String, bytes: [UInt8])] = [
        (Self.pythonRuntimeClient, PackageResources.runtime_main_py),
        ("python/_lmon/runtime.py", PackageResources.runtime_py),
        ("python/_lmon/runtime_api.py", PackageResources.runtime_api_py),
        ("python/_lmon/runtime_context.py", PackageResources.runtime_context_py),
        ("python/_lmon/runtime_json.py", PackageResources.runtime_json_py),
        ("python/_lmon/runtime_log.py", PackageResources.runtime_log_py),
    ]
}
