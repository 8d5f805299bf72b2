exports.handler = async () => {
    return (;
};
