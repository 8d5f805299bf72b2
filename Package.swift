// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with: no warning stays, and what a module uses of another is said where it is used.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Each function by itself, for the linker to leave out those that nobody calls.
    .unsafeFlags(["-Xfrontend", "-function-sections"], .when(configuration: .release)),
]

/// For what the agent has of its own, which every cold start loads.
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], .when(configuration: .release))]

func library(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    resources: [Resource]? = nil,
    path: String? = nil,
    more: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: settings + more)
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "LmonTestSupport"] + dependencies,
        exclude: exclude,
        swiftSettings: settings
    )
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { .product(name: $0, package: "swift-nio") }
let nioTLS: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Remote"])),
]
let lmonCollector = Target.Dependency.target(name: "LmonCollector", condition: .when(traits: ["Remote"]))
let lmonRemote = Target.Dependency.target(name: "LmonRemote", condition: .when(traits: ["Remote"]))
/// For whatever calls other machines; `#if Remote` around its use.
let lmonTLS = Target.Dependency.target(name: "LmonTLS", condition: .when(traits: ["Remote"]))
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "lmon",
    platforms: [.macOS(.v15)],
    traits: [
        .trait(name: "Remote", description: "TLS, for what goes to other machines; BoringSSL costs minutes of build."),
        .default(enabledTraits: ["Remote"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // Pure: no I/O, no clock, no threads.
        .target(
            name: "CText",
            // Where Homebrew has it.
            cSettings: [.unsafeFlags(["-I/opt/homebrew/include"], .when(platforms: [.macOS]))],
            linkerSettings: [
                .linkedLibrary("pcre2-8"), .unsafeFlags(["-L/opt/homebrew/lib"], .when(platforms: [.macOS])),
            ]
        ),
        .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
        library("LmonArchive", ["CZlib"], more: small),
        library("LmonJSON"),
        library("LambdaWire", ["LmonJSON"]),
        library("LambdaLifecycle", ["LambdaWire"]),
        library("LmonRecord", ["LmonJSON", "LambdaWire"]),
        library("LmonSpool", ["LmonJSON", "LmonRecord"]),
        library("LmonS3", ["LmonJSON", "LmonRecord", "LmonSpool"], more: small),
        library("LmonModel", ["CText", "LmonJSON", "LmonRecord"]),
        library("LmonScreen"),
        library("LmonUI", ["LmonJSON", "LmonModel", "LmonRecord", "LmonScreen"]),

        // Edges: each owns one kind of effect.
        library("LmonHTTP", nio),
        library("LmonTLS", ["LmonHTTP"] + nioTLS, more: small),
        library(
            "LmonCollector",
            ["LmonArchive", "LmonHTTP", "LmonJSON", "LmonModel", "LmonRecord", "LmonSpool", "LmonStore"]
        ),
        library("LmonRemote", ["LmonArchive", "LmonHTTP", "LmonJSON", "LmonRecord", "LmonS3", "LmonSpool", lmonTLS]),
        library(
            "LmonInterceptors",
            resources: [.embedInCode("Layer"), .embedInCode("Node"), .embedInCode("Python"), .embedInCode("Shared")]
        ),
        library("LmonLayer", ["LmonArchive", "LmonInterceptors", "LmonS3"], resources: [.embedInCode("Templates")]),
        library("LmonProject", ["LambdaWire", "LmonArchive", "LmonJSON", yams]),
        library("LmonSupervisor", ["CProcess"]),
        library(
            "LmonAgent",
            [
                "CRescue", "LambdaWire", "LmonArchive", "LmonHTTP", "LmonJSON", "LmonRecord", "LmonS3", "LmonSpool",
                lmonTLS,
            ],
            more: small
        ),
        .target(name: "CRescue"),
        library(
            "LmonEmulator",
            [
                "LambdaLifecycle", "LambdaWire", "LmonHTTP", "LmonInterceptors", "LmonJSON", "LmonProject",
                "LmonRecord",
                "LmonSupervisor",
            ]
        ),
        library("LmonStore", ["LmonModel", "LmonRecord", grdb, sqlite]),
        library("LmonSession", ["LmonModel", "LmonRecord", "LmonStore", "LmonUI"]),
        library("LmonTerminal", ["CNcurses", "LmonScreen"]),
        .target(
            name: "CNcurses",
            linkerSettings: [
                .linkedLibrary("ncursesw", .when(platforms: [.linux])),
                .linkedLibrary("ncurses", .when(platforms: [.macOS])),
            ]
        ),
        .target(name: "CProcess"),

        // Roots: parse arguments, build parts, join them.
        executable(
            "lmon",
            [
                "LambdaWire", "LmonAgent", "LmonArchive", "LmonEmulator", "LmonHTTP", "LmonInterceptors", "LmonJSON",
                "LmonLayer",
                "LmonModel", "LmonProject", "LmonRecord", "LmonScreen", "LmonSession", "LmonStore", "LmonSupervisor",
                "LmonTerminal",
                "LmonUI", argumentParser, lmonCollector, lmonRemote, lmonTLS,
            ]
        ),
        .executableTarget(
            name: "lmon-agent",
            dependencies: ["CRescue", "LambdaWire", "LmonAgent", "LmonRecord"],
            exclude: ["agent.ld"],
            swiftSettings: settings + small,
            // It runs on Amazon Linux, whose C library is older than the one that it is built with.
            linkerSettings: [
                .unsafeFlags(["-static-executable"], .when(platforms: [.linux])),
                // Every cold start loads it: functions that are alike once, and none of the tables that agent.ld names.
                .unsafeFlags(
                    ["-use-ld=lld"]
                        + [
                            "-O2", "--gc-sections", "--icf=safe", "--no-eh-frame-hdr", "-s",
                            "--script=\(Context.packageDirectory)/Sources/lmon-agent/agent.ld",
                        ].flatMap { ["-Xlinker", $0] },
                    .when(platforms: [.linux], configuration: .release)
                ),
            ]
        ),
        executable(
            "lmon-bench",
            [
                "LambdaWire", "LmonAgent", "LmonArchive", "LmonEmulator", "LmonHTTP", "LmonInterceptors", "LmonJSON",
                "LmonModel", "LmonRecord", "LmonS3", "LmonScreen", "LmonSession", "LmonSpool", "LmonStore",
                "LmonSupervisor", "LmonUI", lmonRemote, lmonTLS, argumentParser,
            ] + nio
        ),

        // Tests.
        library("LmonTestSupport", ["LmonJSON", "LmonRecord", "LmonScreen"], path: "Tests/LmonTestSupport"),
        tests("LmonArchive"),
        tests("LmonJSON"),
        tests("LambdaWire", ["LmonJSON"]),
        tests("LambdaLifecycle"),
        tests("LmonRecord", ["LmonJSON"]),
        tests("LmonSpool", ["LmonRecord"]),
        tests("LmonS3", ["LmonJSON", "LmonRecord", "LmonSpool"]),
        tests("LmonModel", ["LmonJSON", "LmonRecord", "LmonScreen"]),
        tests("LmonScreen"),
        tests("LmonUI", ["LmonModel", "LmonRecord", "LmonScreen"], exclude: ["__Goldens__"]),
        tests("LmonHTTP"),
        tests("LmonTLS", ["LmonHTTP"], exclude: ["Fixtures"]),
        tests("LmonCollector", ["LmonArchive", "LmonHTTP", "LmonJSON", "LmonRecord", "LmonSpool", "LmonStore"]),
        tests("LmonRemote", ["LmonArchive", "LmonHTTP", "LmonRecord", "LmonS3", "LmonSpool"]),
        tests("LmonInterceptors", ["LmonJSON", "LmonRecord"], exclude: ["Fixtures"]),
        tests("LmonLayer", ["LmonArchive", "LmonS3"]),
        tests("LmonProject", ["LmonArchive"]),
        tests("LmonSupervisor"),
        tests("LmonAgent", ["LambdaLifecycle", "LmonArchive", "LmonHTTP", "LmonS3"]),
        tests("LmonEmulator", ["LmonHTTP", "LmonProject", "LmonSupervisor"]),
        tests("LmonStore", ["LmonModel", "LmonRecord", grdb]),
        tests("LmonSession", ["LmonModel", "LmonRecord", "LmonStore", "LmonUI"]),
        tests("LmonTerminal", ["LmonScreen"]),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
        .testTarget(name: "EndToEndTests", dependencies: ["LmonTestSupport", "LmonJSON"], swiftSettings: settings),
    ]
)
