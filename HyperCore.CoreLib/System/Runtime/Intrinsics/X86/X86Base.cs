using System.Runtime.CompilerServices;

namespace System.Runtime.Intrinsics.X86;

// Instructions of every x86-64 processor, as the compiler knows them by name.
[Intrinsic]
public abstract class X86Base
{
    public static bool IsSupported
    {
        [Intrinsic]
        get => IsSupported;
    }

    /// <summary>Emits PAUSE, for loops that wait for another processor.</summary>
    [Intrinsic]
    public static void Pause() => Pause();

    [Intrinsic]
    public abstract class X64
    {
        public static bool IsSupported
        {
            [Intrinsic]
            get => IsSupported;
        }

        /// <summary>BSF: the lowest bit that is set; undefined for 0.</summary>
        [Intrinsic]
        internal static ulong BitScanForward(ulong value) => BitScanForward(value);

        /// <summary>BSR: the highest bit that is set; undefined for 0.</summary>
        [Intrinsic]
        internal static ulong BitScanReverse(ulong value) => BitScanReverse(value);
    }
}
