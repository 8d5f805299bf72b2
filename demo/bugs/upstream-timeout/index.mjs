// Waits for a service that does not answer, for longer than the function may take.

export const handler = async () => {
    const response = await fetch(`${process.env.UPSTREAM_URL}/stuck`);
    return response.json();
};
