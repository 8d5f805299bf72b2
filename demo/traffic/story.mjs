// What happens in the demo, and when: seconds after the start of a round, function, event.

export const roundSeconds = 24;

export const story = [
    // A cold start, with a call during init.
    [0, 'orders', { order: 1, user: 4 }],
    // Warm. The two GETs could overlap.
    [1.4, 'orders', { order: 2, user: 4 }],
    // A 502, and a retry that helps.
    [2.4, 'payment', { order: 2, failures: 1 }],
    // For two seconds and more, a call in flight.
    [3.6, 'thumbs', { image: 7, storing: 2400 }],
    // A password and a token, which nobody gets to see.
    [4.4, 'orders', { order: 3, user: 4, create: true }],
    // Too slow: Lambda's timeout after 3 s, and the end of that environment.
    [5.6, 'payment', { order: 3, riskTakes: 10_000 }],
    [6.8, 'orders', { order: 4, user: 5 }],
    // Returns while a call is under way: it is frozen with the function, and goes on with the next event.
    [8.2, 'thumbs', { image: 8, forgetful: true }],
    // A new environment, and a bank that does not answer twice.
    [9.8, 'payment', { order: 4, failures: 2 }],
    [11.4, 'thumbs', { image: 9 }],
    // Two at once need two environments.
    [13, 'orders', { order: 5, user: 4 }],
    [13.02, 'orders', { order: 6, user: 5 }],
    [15, 'payment', { order: 6 }],
    [17.5, 'orders', { order: 7, user: 4, create: true }],
    [20, 'payment', { order: 7, failures: 1 }],
    [22, 'thumbs', { image: 10 }],
];
