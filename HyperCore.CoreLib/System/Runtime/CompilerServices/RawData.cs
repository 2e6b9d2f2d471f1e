namespace System.Runtime.CompilerServices;

// Any object seen as the bytes after its type; known to the compiler.
internal sealed class RawData
{
    public byte Data;
}
