import Testing

@testable import LmonEmulator

@Suite struct SandboxLayoutTests {
    @Test func theArgumentsNameAllThatIsSeen() {
        var layout = SandboxLayout(
            places: ["/usr", "/etc", "/p/app", "/p/app/node_modules", "/usr/local", "/", "/p/node_modules"],
            code: "/p/app",
            runtimeFiles: "/t/files",
            temporary: "/t/e/tmp",
            hosts: "/t/e/hosts"
        )
        layout.links = [SandboxLayout.Mount("usr/bin", at: "/bin")]
        layout.layers = [SandboxLayout.Mount("/l/extensions/x", at: "/opt/extensions/x")]
        let expected = """
            --die-with-parent --tmpfs / --symlink usr/bin /bin --bind /t/e/tmp /tmp --ro-bind /etc /etc \
            --ro-bind /p/app /p/app --ro-bind /p/node_modules /p/node_modules --ro-bind /usr /usr --proc /proc --dev /dev \
            --ro-bind /p/app /var/task --ro-bind /t/files /var/runtime --ro-bind /l/extensions/x /opt/extensions/x \
            --ro-bind /t/e/hosts /etc/hosts --remount-ro / --chdir /p/app -- node x.js
            """
        #expect(layout.arguments(in: "/p/app", running: ["node", "x.js"]).joined(separator: " ") == expected)
    }

    @Test(arguments: [
        ([], []), (["/"], []), (["/a", "/a/b", "/a"], ["/a"]), (["/ab", "/a"], ["/a", "/ab"]),
        (["relative", "/x"], ["/x"]),
        (["/a/b/c", "/a/b", "/a-b"], ["/a-b", "/a/b"]),
    ])
    func placesWithinOthersNeedNoMount(places: [String], kept: [String]) {
        #expect(SandboxLayout.outermost(places) == kept)
    }

    // MARK: Layers

    private typealias Tree = [String: [String]]

    /// Folders end with `/`.
    private static func mounts(_ tree: Tree, _ folders: [String], extensions: [(String, String)] = []) -> [String] {
        LayerMounts.mounts(of: folders, extensions: extensions.map { (name: $0.0, executable: $0.1) }) { folder in
            (tree[folder] ?? []).map { LayerMounts.Entry(name: $0.filter { $0 != "/" }, isFolder: $0.hasSuffix("/")) }
        }
        .map { "\($0.source) \($0.target)" }
    }

    @Test func oneLayerAppearsAsItIs() {
        let tree: Tree = ["/l": ["nodejs/", "wrapper"]]
        #expect(Self.mounts(tree, ["/l"]) == ["/l/nodejs /opt/nodejs", "/l/wrapper /opt/wrapper"])
        #expect(Self.mounts([:], []) == [])
    }

    @Test func severalAreOneFolderInWhichTheLaterWin() {
        let tree: Tree = [
            "/a": ["nodejs/", "wrapper", "x/"], "/b": ["nodejs/", "wrapper", "x"],
            "/a/nodejs": ["node_modules/"], "/b/nodejs": ["node_modules/"],
            "/a/nodejs/node_modules": ["left/", "same/"], "/b/nodejs/node_modules": ["right/", "same/"],
            "/a/nodejs/node_modules/same": ["index.js", "old.js"], "/b/nodejs/node_modules/same": ["index.js"],
        ]
        #expect(
            Self.mounts(tree, ["/a", "/b"]) == [
                "/a/nodejs/node_modules/left /opt/nodejs/node_modules/left",
                "/b/nodejs/node_modules/right /opt/nodejs/node_modules/right",
                "/b/nodejs/node_modules/same/index.js /opt/nodejs/node_modules/same/index.js",
                "/a/nodejs/node_modules/same/old.js /opt/nodejs/node_modules/same/old.js",
                "/b/wrapper /opt/wrapper", "/b/x /opt/x",
            ]
        )
    }

    @Test func extensionsMayComeFromElsewhere() {
        let tree: Tree = ["/a": ["extensions/"], "/a/extensions": ["one", "two"]]
        #expect(
            Self.mounts(tree, ["/a"], extensions: [("one", "/a/extensions/one"), ("agent", "/bin/agent")]) == [
                "/a/extensions/two /opt/extensions/two", "/a/extensions/one /opt/extensions/one",
                "/bin/agent /opt/extensions/agent",
            ]
        )
    }
}
