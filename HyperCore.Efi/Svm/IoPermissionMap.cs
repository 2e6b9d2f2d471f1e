namespace HyperCore.Efi.Svm;

/// <summary>
/// The I/O permission map: one bit a port, set = intercept; three pages, because the last ports' accesses may reach past 64 K
/// (AMD APM vol. 2, 15.10.1). Guests own no real port, so every bit is set.
/// </summary>
internal static unsafe class IoPermissionMap
{
    /// <summary>Size in bytes; three contiguous pages.</summary>
    public const int Size = 0x3000;

    /// <summary>Fills a map.</summary>
    public static void Fill(byte* map)
    {
        for (int i = 0; i < Size; i++)
        {
            map[i] = 0xFF;
        }
    }
}
