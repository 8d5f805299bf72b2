// Expects JSON, and gets the page that says that there is none today.

export const handler = async () => {
    const response = await fetch(`${process.env.UPSTREAM_URL}/catalogue`);
    return response.json();
};
