package io.keyward.engine;

import io.keyward.config.Namespaces;

/**
 * Keys that a keyspace has in common with others: they live in a keyspace of their own, on the same
 * loop, and are seen in each of the others as if they were its own.
 *
 * @param prefix of the keyspace where they live, which may be the one that is described
 * @param namespaces those whose keys they are
 */
public record SharedKeys(String prefix, Namespaces namespaces) {}
