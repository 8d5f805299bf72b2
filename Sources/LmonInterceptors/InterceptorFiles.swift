/// The files for Node processes that an emulator or a layer writes to disk, whole: none needs another.
package enum InterceptorFiles {
    /// What `NODE_OPTIONS=--require` loads.
    package static let preload = "interceptor.cjs"

    /// What the preload has Lambda's own runtime client load in place of the function's module; beside it.
    package static let handler = "handler.mjs"

    /// The Runtime API client: `node runtime.cjs`, in place of the one that Lambda has.
    package static let runtimeClient = "runtime.cjs"

    /// Every file by the name to give it.
    package static let all: [(name: String, bytes: [UInt8])] = [
        (
            Self.preload,
            ScriptBundle(
                entry: ("interceptor.cjs", PackageResources.interceptor_cjs),
                parts: [
                    ("shared.cjs", PackageResources.shared_cjs),
                    ("settings.cjs", PackageResources.settings_cjs),
                    ("marks.cjs", PackageResources.marks_cjs),
                    ("patch.cjs", PackageResources.patch_cjs),
                    ("hooks.cjs", PackageResources.hooks_cjs),
                    ("invocations.cjs", PackageResources.invocations_cjs),
                    ("import.cjs", PackageResources.import_cjs),
                ],
                later: [
                    // What every call needs.
                    [
                        ("../Shared/rules.json", PackageResources.rules_json),
                        ("secret-names.cjs", PackageResources.secret_names_cjs),
                        ("redaction.cjs", PackageResources.redaction_cjs),
                        ("lines.cjs", PackageResources.lines_cjs),
                        ("bodies.cjs", PackageResources.bodies_cjs),
                        ("past.cjs", PackageResources.past_cjs),
                        ("calls.cjs", PackageResources.calls_cjs),
                        ("http.cjs", PackageResources.http_cjs),
                        ("transport.cjs", PackageResources.transport_cjs),
                    ],
                    [("undici.cjs", PackageResources.undici_cjs)],
                    [("http2.cjs", PackageResources.http2_cjs)],
                    [("aws.cjs", PackageResources.aws_cjs), ("../Shared/aws.json", PackageResources.aws_json)],
                    // What Lambda's own runtime client needs.
                    [
                        ("error.cjs", PackageResources.error_cjs),
                        ("modules.cjs", PackageResources.modules_cjs),
                        ("handler.cjs", PackageResources.handler_cjs),
                    ],
                ]
            ).bytes
        ),
        (Self.handler, PackageResources.handler_mjs),
        (
            Self.runtimeClient,
            ScriptBundle(
                entry: ("runtime.cjs", PackageResources.runtime_cjs),
                parts: [
                    ("error.cjs", PackageResources.error_cjs),
                    ("import.cjs", PackageResources.import_cjs),
                    ("modules.cjs", PackageResources.modules_cjs),
                    ("runtime-api.cjs", PackageResources.runtime_api_cjs),
                    ("runtime-load.cjs", PackageResources.runtime_load_cjs),
                    ("runtime-log.cjs", PackageResources.runtime_log_cjs),
                ]
            ).bytes
        ),
    ]
}
