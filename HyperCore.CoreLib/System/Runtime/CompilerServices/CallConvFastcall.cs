namespace System.Runtime.CompilerServices;

public sealed class CallConvFastcall
{
}
