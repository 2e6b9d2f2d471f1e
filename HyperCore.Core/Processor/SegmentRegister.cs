namespace HyperCore.Core.Processor;

/// <summary>Segment and system-table registers; the first six in the order in which instructions encode them.</summary>
public enum SegmentRegister
{
    /// <summary>Extra segment.</summary>
    Es,

    /// <summary>Code segment.</summary>
    Cs,

    /// <summary>Stack segment.</summary>
    Ss,

    /// <summary>Data segment.</summary>
    Ds,

    /// <summary>FS.</summary>
    Fs,

    /// <summary>GS.</summary>
    Gs,

    /// <summary>Global descriptor table: base and limit only.</summary>
    Gdtr,

    /// <summary>Local descriptor table.</summary>
    Ldtr,

    /// <summary>Interrupt descriptor table: base and limit only.</summary>
    Idtr,

    /// <summary>Task register.</summary>
    Tr,
}
