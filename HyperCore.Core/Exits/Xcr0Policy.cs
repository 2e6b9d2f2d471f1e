namespace HyperCore.Core.Exits;

/// <summary>Which values XSETBV may put into XCR0 (AMD APM vol. 2, 11.5.2; vol. 4, XSETBV).</summary>
public static class Xcr0Policy
{
    private const ulong X87 = 1;
    private const ulong Sse = 2;
    private const ulong Avx = 4;
    private const ulong Avx512 = 0xE0;

    /// <summary>The value is one the processor would take.</summary>
    /// <param name="value">EDX:EAX.</param>
    /// <param name="supported">The components that the guest may use.</param>
    public static bool IsValid(ulong value, ulong supported)
    {
        if ((value & X87) == 0 || (value & ~supported) != 0)
        {
            return false;
        }

        if ((value & Avx) != 0 && (value & Sse) == 0)
        {
            return false;
        }

        // The three parts of AVX-512 come together, on top of AVX.
        return (value & Avx512) is 0 or Avx512 && ((value & Avx512) == 0 || (value & Avx) != 0);
    }
}
