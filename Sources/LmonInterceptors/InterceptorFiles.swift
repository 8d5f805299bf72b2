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
            Bundle(
                entry: ("interceptor.cjs", PackageResources.interceptor_cjs),
                parts: [
                    ("../Shared/rules.json", PackageResources.rules_json),
                    ("../Shared/aws.json", PackageResources.aws_json),
                    ("settings.cjs", PackageResources.settings_cjs),
                    ("secret-names.cjs", PackageResources.secret_names_cjs),
                    ("redaction.cjs", PackageResources.redaction_cjs),
                    ("bodies.cjs", PackageResources.bodies_cjs),
                    ("marks.cjs", PackageResources.marks_cjs),
                    ("aws.cjs", PackageResources.aws_cjs),
                    ("lines.cjs", PackageResources.lines_cjs),
                    ("past.cjs", PackageResources.past_cjs),
                    ("calls.cjs", PackageResources.calls_cjs),
                    ("transport.cjs", PackageResources.transport_cjs),
                    ("patch.cjs", PackageResources.patch_cjs),
                    ("http.cjs", PackageResources.http_cjs),
                    ("http2.cjs", PackageResources.http2_cjs),
                    ("undici.cjs", PackageResources.undici_cjs),
                    ("error.cjs", PackageResources.error_cjs),
                    ("modules.cjs", PackageResources.modules_cjs),
                    ("invocations.cjs", PackageResources.invocations_cjs),
                    ("handler.cjs", PackageResources.handler_cjs),
                ],
                later: ["../Shared/aws.json", "error.cjs", "modules.cjs", "handler.cjs"]
            ).bytes
        ),
        (Self.handler, PackageResources.handler_mjs),
        (
            Self.runtimeClient,
            Bundle(
                entry: ("runtime.cjs", PackageResources.runtime_cjs),
                parts: [
                    ("error.cjs", PackageResources.error_cjs),
                    ("modules.cjs", PackageResources.modules_cjs),
                    ("runtime-api.cjs", PackageResources.runtime_api_cjs),
                    ("runtime-load.cjs", PackageResources.runtime_load_cjs),
                    ("runtime-log.cjs", PackageResources.runtime_log_cjs),
                ]
            ).bytes
        ),
    ]
}

/// CommonJS files as one file: each file that Node looks for costs a start a good part of a millisecond.
struct Bundle {
    var entry: (name: String, bytes: [UInt8])
    var parts: [(name: String, bytes: [UInt8])]
    /// Those that a start does not run.
    var later: Set<String> = []

    /// `require` in it finds the parts by `./name` (`../Shared/name` those of all languages), and everything else where
    /// Node finds it.
    var bytes: [UInt8] {
        var result = Array("'use strict';const files={\n".utf8)
        for (name, bytes) in self.parts + [self.entry] {
            let path = name.hasPrefix("../") ? name : "./\(name)"
            // A function in parentheses is compiled when it is first read, any other is read a second time for that.
            let (open, close) = self.later.contains(name) ? ("", "}") : (":(function", "})")
            let exports = name.hasSuffix(".json") ? "module.exports=" : ""
            result += Array("'\(path)'\(open)(module,require){\(exports)".utf8)
            result += Self.bare(bytes) + Array("\(close),\n".utf8)
        }
        result += Array(
            """
            };const loaded={};
            function find(name){
                if(!Object.hasOwn(files,name))return require(name);
                if(loaded[name]===undefined){loaded[name]={exports:{}};files[name](loaded[name],find);}
                return loaded[name].exports;
            }
            find.resolve=require.resolve;
            module.exports=find('./\(self.entry.name)');

            """.utf8
        )
        return result
    }

    /// Without indentation and lines that are comments, which a start would read too. No string goes over a line's end. In
    /// ASCII: with one character that is not Latin, each would take two bytes, and longer to read.
    private static func bare(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = line.drop { $0 == UInt8(ascii: " ") }
            if text.isEmpty || text.starts(with: Array("//".utf8)) { continue }
            result += text.allSatisfy { $0 < 0x80 } ? text : Self.escaped(text)
            result.append(UInt8(ascii: "\n"))
        }
        return result
    }

    private static func escaped(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let units = String(decoding: text, as: UTF8.self).utf16
        return units.flatMap { unit -> [UInt8] in
            guard unit >= 0x80 else { return [UInt8(unit)] }
            let digits = String(unit, radix: 16)
            return Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
        }[...]
    }
}
