/** What a connection asks about itself and about the other connections of its keyspace. */
@NullMarked
package io.keyward.engine.builtin.connection;

import org.jspecify.annotations.NullMarked;
