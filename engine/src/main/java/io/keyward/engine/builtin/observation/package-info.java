/** What a keyspace notes about its commands: slow ones, how long each takes, and who listens. */
@org.jspecify.annotations.NullMarked
package io.keyward.engine.builtin.observation;
