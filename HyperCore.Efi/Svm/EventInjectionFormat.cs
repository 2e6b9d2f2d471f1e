namespace HyperCore.Efi.Svm;

/// <summary>The format that EVENTINJ and EXITINTINFO share (AMD APM vol. 2, 15.20 and 15.7.2).</summary>
internal static class EventInjectionFormat
{
    public const ulong Valid = 1ul << 31;
    public const ulong ErrorCodeValid = 1ul << 11;
    public const ulong VectorMask = 0xFF;
    public const ulong TypeMask = 7ul << 8;
    public const ulong TypeInterrupt = 0ul << 8;
    public const ulong TypeNmi = 2ul << 8;
    public const ulong TypeException = 3ul << 8;
    public const ulong TypeSoftwareInterrupt = 4ul << 8;
    public const int ErrorCodeShift = 32;
}
