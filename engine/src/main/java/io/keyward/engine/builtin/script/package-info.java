/** EVAL and its kin: scripts known by text or digest, and what they may do with the keyspace. */
@NullMarked
package io.keyward.engine.builtin.script;

import org.jspecify.annotations.NullMarked;
