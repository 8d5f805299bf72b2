/// CommonJS files as one file: each file that Node looks for costs a start a good part of a millisecond.
///
/// What V8 reads costs a start as well, some 50 µs for each KB. Parts that a start does not run stand in comments, which cost
/// nothing: when the first of a group is required, the group is taken from the text of the function that the comment is in,
/// and compiled. That needs no file, and what the program does to files is none of it. Who takes the comments out of what Node
/// loads gets a file that does nothing. A part that throws is run anew when it is required again.
struct ScriptBundle {
    typealias Part = (name: String, bytes: [UInt8])

    var entry: Part
    var parts: [Part]
    /// Groups of parts that a start does not run. No part has the end of a comment in it.
    var later: [[Part]] = []

    /// `require` in it finds the parts by `./name` (`../Shared/name` those of all languages), and everything else where
    /// Node finds it.
    var bytes: [UInt8] {
        var result = Array("'use strict';const files={__proto__:null,\n".utf8)
        for part in self.parts + [self.entry] { result += Self.function(part) }
        result += Array("};\n".utf8)
        if !self.later.isEmpty { result += self.groups(after: result) }
        result += Array(
            """
            const loaded={__proto__:null};
            function find(name){
            const known=loaded[name];
            if(known!==undefined)return known.exports;
            \(self.later.isEmpty ? "" : "if(name in groups)read(groups[name]);")
            if(files[name]===undefined)return require(name);
            const module=loaded[name]={exports:{}};
            try{files[name](module,find);}catch(error){delete loaded[name];throw error;}
            return module.exports;
            }
            find.resolve=require.resolve;
            \(self.later.isEmpty ? "" : "if(textOf(texts[0][1]).includes('/*'))")module.exports=find('./\(self.entry.name)');

            """.utf8
        )
        return result
    }

    /// Part by part, which group it is in, and how a group is read. Errors in it are told by the lines of the file.
    private func groups(after head: [UInt8]) -> [UInt8] {
        var result = Array("const groups={__proto__:null,".utf8)
        for (index, group) in self.later.enumerated() {
            for part in group { result += Array("'\(Self.path(part))':\(index),".utf8) }
        }
        result += Array("};\nconst texts=[\n".utf8)
        for group in self.later {
            let line = (head + result).count { $0 == UInt8(ascii: "\n") }
            result += Array("[\(line),function(){/*".utf8) + group.flatMap(Self.function) + Array("*/}],\n".utf8)
        }
        return result
            + Array(
                """
                ];
                const {compileFunction}=require('vm');
                const {assign}=Object,textOf=Function.prototype.call.bind(Function.prototype.toString);
                function read(group){
                if(texts[group]===null)return;
                const [lineOffset,holder]=texts[group];
                const text=textOf(holder);
                const code='return{'+text.slice(text.indexOf('/*')+2,text.lastIndexOf('*/'))+'}';
                const options={filename:__filename,lineOffset};
                assign(files,compileFunction(code,['__filename','__dirname'],options)(__filename,__dirname));
                texts[group]=null;
                }

                """.utf8
            )
    }

    private static func path(_ part: Part) -> String {
        part.name.hasPrefix("../") ? part.name : "./\(part.name)"
    }

    /// A function in parentheses is compiled when it is first read, any other is read a second time for that.
    private static func function(_ part: Part) -> [UInt8] {
        let exports = part.name.hasSuffix(".json") ? "module.exports=" : ""
        return Array("'\(self.path(part))':(function(module,require){\(exports)".utf8) + self.bare(part.bytes)
            + Array("}),\n".utf8)
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
