'use strict';

// Finds and loads what a handler's name names, CommonJS or ES module, as Lambda's Node runtimes do: up to nodejs22.x by
// require where they can, from nodejs24.x on by import. Errors are the module's own; who calls gives them Lambda's names.

const fs = require('fs');
const path = require('path');
const load = require('./import.cjs');

const hasCallbacks = Number(process.versions.node.split('.')[0]) < 24;

function isModuleFolder(folder) {
    for (let at = folder; !at.endsWith('/node_modules'); at = path.dirname(at)) {
        const file = path.join(at, 'package.json');
        if (fs.existsSync(file)) {
            try { return JSON.parse(fs.readFileSync(file, 'utf8'))?.type === 'module'; } catch { return false; }
        }
        if (at === path.dirname(at)) { return false; }
    }
    return false;
}

function imported(file) {
    return load(require('url').pathToFileURL(file).href);
}

/// `folder/name.member.member`; null if it is no handler's name.
function parsed(full) {
    const base = path.basename(full);
    const dot = base.indexOf('.');
    if (full.includes('..') || dot < 0) { return null; }
    return { folder: full.slice(0, full.indexOf(base)), name: base.slice(0, dot), members: base.slice(dot + 1).split('.') };
}

/// The module's exports. `require` is the runtime's, which errors name as the one that asked.
async function loadModule(root, { folder, name }, require) {
    const base = path.resolve(root, folder, name);
    for (const extension of ['', '.js', '.mjs', '.cjs']) {
        const file = base + extension;
        if (!fs.existsSync(file)) { continue; }
        const isCommon = hasCallbacks ? extension !== '.mjs' && (extension !== '.js' || !isModuleFolder(path.dirname(file)))
            : fs.statSync(file).isDirectory();
        const exported = isCommon ? require(file) : await imported(file);
        if (exported) { return exported; }
    }
    return require(require.resolve(name, { paths: [root, hasCallbacks ? folder : path.join(root, folder)] }));
}

/// The value that the members lead to, also under an imported CommonJS module's `default`.
function member(exported, members) {
    const find = (from) => members.reduce((object, key) => object?.[key], from);
    return find(exported) || (hasCallbacks ? undefined : find(exported?.default));
}

module.exports = { hasCallbacks, imported, loadModule, member, parsed };
