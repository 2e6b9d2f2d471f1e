namespace System.Runtime.CompilerServices;

public sealed class CallConvMemberFunction
{
}
