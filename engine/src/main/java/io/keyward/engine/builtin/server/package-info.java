/** Commands on a keyspace as a whole, and on the table of commands. */
@NullMarked
package io.keyward.engine.builtin.server;

import org.jspecify.annotations.NullMarked;
