namespace System.Runtime.CompilerServices;

public sealed class CallConvThiscall
{
}
