/**
 * The one declaration of each command, from which dispatch, COMMAND, key extraction, categories and
 * documentation derive.
 */
@NullMarked
package io.keyward.engine.command;

import org.jspecify.annotations.NullMarked;
