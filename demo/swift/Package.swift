// swift-tools-version: 6.0
import PackageDescription

let package = Package(name: "Weather", targets: [.executableTarget(name: "Weather")])
