// The template does not set STOCK_URL.

export const handler = async (event) => {
    const response = await fetch(`${process.env.STOCK_URL}/stock/${event.item ?? 7}`);
    return response.json();
};
