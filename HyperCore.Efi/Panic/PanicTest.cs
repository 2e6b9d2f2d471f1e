#if PANIC_TEST
using System;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi.Panic;

/// <summary>Makes internal errors on purpose. Only in a build with <c>-p:PanicTest=true</c>.</summary>
public static unsafe class PanicTest
{
    private static int s_zero;

    /// <summary>Makes an internal error. Does not return.</summary>
    public static void Provoke(PanicTestKind kind)
    {
        switch (kind)
        {
            case PanicTestKind.NullReference:
                s_zero = Nothing()!.Value;
                break;
            case PanicTestKind.StackOverflow:
                s_zero = Descend(1);
                break;
            case PanicTestKind.WriteToText:
                *(byte*)(delegate*<PanicTestKind, void>)&Provoke = 0;
                break;
            case PanicTestKind.DivisionByZero:
                s_zero = 1 / s_zero;
                break;
            default:
                throw new InvalidOperationException("This panic was provoked by a test.");
        }

        PanicHandler.Stop("The provoked error did not stop HyperCore.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Descend(int depth)
    {
        byte* room = stackalloc byte[256];
        room[0] = (byte)depth;
        return Descend(depth + 1) + room[0];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PanicTestNode? Nothing() => s_zero == 0 ? null : new PanicTestNode();

    private sealed class PanicTestNode
    {
        public int Value { get; set; }
    }
}
#endif
