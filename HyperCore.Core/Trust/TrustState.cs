namespace HyperCore.Core.Trust;

/// <summary>How files are trusted.</summary>
public enum TrustState
{
    /// <summary>The image carries no key: any file is taken.</summary>
    NotVerified,

    /// <summary>The manifest is signed by the image's key: the files in it are taken, when they have the right hash.</summary>
    Verified,

    /// <summary>The image carries a key, and there is no manifest that it signed: no file is taken.</summary>
    Refused,
}
