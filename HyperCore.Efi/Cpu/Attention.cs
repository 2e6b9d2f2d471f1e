using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi.Cpu;

/// <summary>
/// One word of memory that every interrupt handler sets when the main loop has something to look at: a key, a received byte. The loop that
/// runs a vCPU reads this word and nothing else on its fast path.
/// </summary>
public static unsafe class Attention
{
    /// <summary>The word: not 0 when something wants attention. It never moves.</summary>
    [RuntimeImport("*", "Interrupts_AttentionCell")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern int* Cell();

    /// <summary>Asks for attention.</summary>
    public static void Request() => *Cell() = 1;

    /// <summary>Takes the request back, before the sources are looked at, so that none is lost.</summary>
    /// <returns>There was one.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Take()
    {
        int* cell = Cell();
        bool wanted = *cell != 0;
        *cell = 0;
        return wanted;
    }
}
