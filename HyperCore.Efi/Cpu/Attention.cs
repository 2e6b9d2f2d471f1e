using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi.Cpu;

/// <summary>
/// One word of memory for each pCPU that its interrupt handlers set when its loop has something to look at: a key, a received byte, a kick.
/// The loop that runs a vCPU reads this word and nothing else on its fast path.
/// </summary>
public static class Attention
{
    /// <summary>Asks for the attention of the pCPU that runs the caller.</summary>
    [RuntimeImport("*", "Pcpu_RequestAttention")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Request();
}
