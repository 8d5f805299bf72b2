// Names that no reader of the source can find.
const hidden = { handler: async () => ['hidden', process.env._HANDLER] };
Object.assign(module.exports, hidden);
