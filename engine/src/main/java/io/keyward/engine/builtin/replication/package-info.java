/** Replicas: real Redis servers that follow what all keyspaces do, in the global view. */
@NullMarked
package io.keyward.engine.builtin.replication;

import org.jspecify.annotations.NullMarked;
