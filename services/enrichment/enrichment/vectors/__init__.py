"""The index that vectors are searched by: one for each encoder, made and made anew as posts come in."""
