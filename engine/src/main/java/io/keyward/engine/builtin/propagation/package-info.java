/** What keyspaces have done, as a stream of commands for files and replicas. */
@NullMarked
package io.keyward.engine.builtin.propagation;

import org.jspecify.annotations.NullMarked;
