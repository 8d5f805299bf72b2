// The runtime client.
