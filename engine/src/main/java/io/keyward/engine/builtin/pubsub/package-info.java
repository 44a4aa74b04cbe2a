/** Publishing and subscribing: plain channels, patterns and sharded channels. */
@NullMarked
package io.keyward.engine.builtin.pubsub;

import org.jspecify.annotations.NullMarked;
